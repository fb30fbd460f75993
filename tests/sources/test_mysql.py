"""What MySQL's source promises beyond the contract, at a real MariaDB and its replica."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import ConfigError
from migrations_app.domain.reading import Outcome, Query
from migrations_app.sources.mysql import session
from migrations_app.sources.mysql.config import MySQLConfig
from migrations_app.sources.mysql.ready import READY
from migrations_app.sources.mysql.source import MySQLSource
from tests.real_mariadb import DATABASE, NEEDED, READER, SECRET, MariaDB, Pair, mariadb, pair
from tests.sources.build import LONG, NOW, SHORT, read_one
from tests.sources.certificates import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GIVEN = {"host": "db.example", "database": "orders", "user": "reader"}


@pytest.fixture(scope="module")
def servers() -> Iterator[Pair]:
    with pair() as servers:
        yield servers


@pytest.fixture
def primary(servers: Pair) -> MariaDB:
    return servers.primary


@contextmanager
def mysql(server: MariaDB, timeout: float = LONG, **more: object) -> Iterator[MySQLSource]:
    keys = {
        "host": "127.0.0.1",
        "port": server.port,
        "database": DATABASE,
        "user": READER,
        "password": SECRET,
        "ssl_mode": "disabled",
        "timeout": timeout,
        **more,
    }
    with closing(MySQLSource(MySQLConfig.model_validate(keys))) as source:
        yield source


class TestAtARealMariaDB:
    pytestmark = NEEDED

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("SELECT 25", 25.0),
            ("SELECT 1.5;", 1.5),
            ("WITH a AS (SELECT 2) SELECT * FROM a", 2.0),
            ("(SELECT 3)", 3.0),
            ("SELECT 4 -- why", 4.0),
            ("SELECT count(*) FROM item WHERE '%s' <> '%s'", 0.0),
            ("status(Max_used_connections) ", None),
        ],
    )
    def test_what_can_be_asked(self, primary: MariaDB, text: str, value: float | None) -> None:
        with mysql(primary) as source:
            found = read_one(source, text, NOW).value
        assert found == value or (value is None and (found or 0) > 0)

    @pytest.mark.parametrize(
        ("text", "outcome", "words"),
        [
            ("SELECT 1, 2", Outcome.ERROR, "2 columns"),
            ("SELECT NULL", Outcome.EMPTY, "NULL; that is not zero"),
            ("SELECT 'a lot'", Outcome.ERROR, "not a number"),
            ("SELECT now()", Outcome.ERROR, "not a number"),
            ("SELECT price FROM nowhere", Outcome.ERROR, "doesn't exist"),
            ("SELECT price FROM item WHERE prise = 1", Outcome.ERROR, "prise"),
            ("status(Ssl_cipher)", Outcome.ERROR, "not a number"),
            ("status(no_such)", Outcome.EMPTY, "no status variable"),
            ("replica_lag", Outcome.EMPTY, "is no replica"),
            ("lag", Outcome.ERROR, "neither a SELECT nor"),
        ],
    )
    def test_what_is_no_number_says_why(
        self, primary: MariaDB, text: str, outcome: Outcome, words: str
    ) -> None:
        with mysql(primary) as source:
            reading = read_one(source, text, NOW)
        assert reading.outcome is outcome
        assert words in reading.detail

    @pytest.mark.parametrize(
        "text",
        [
            "DELETE FROM item",
            "SELECT 1; DELETE FROM item",
            "SELECT 1) AS a; DELETE FROM item; --",
            "/*! DELETE FROM item */",
            "/*!50000 DROP TABLE item */ -- SELECT 1",
            "SELECT price FROM item FOR UPDATE",
            "SELECT 1) AS a INTO OUTFILE 'loot' -- ",
            "SELECT 1 INTO @loot",
            "VALUES (1); DELETE FROM item",
            "status(x'; DELETE FROM item; -- )",
        ],
    )
    def test_nothing_can_be_changed_even_by_the_owner(self, primary: MariaDB, text: str) -> None:
        primary.do("INSERT IGNORE INTO item VALUES (1, 1)")
        with mysql(primary, user="owner", password="OWNER-3306") as source:
            assert read_one(source, text, NOW).value in {None, 1.0}
            assert read_one(source, "SELECT count(*) FROM item", NOW).value == 1

    def test_a_question_that_takes_too_long_is_ended_there_too(self, primary: MariaDB) -> None:
        with mysql(primary, SHORT) as source:
            reading = read_one(source, "SELECT sleep(61)", NOW)
        assert reading.outcome is Outcome.TIMEOUT
        primary.until(
            "SELECT count(*) = 1 FROM information_schema.processlist WHERE info LIKE '%sleep(61)%'"
        )

    def test_a_session_that_died_is_replaced_without_a_word(self, primary: MariaDB) -> None:
        with mysql(primary, concurrency=1) as source:
            first = read_one(source, "SELECT connection_id()", NOW).value
            assert read_one(source, "SELECT connection_id()", NOW).value == first
            primary.do(f"KILL {int(first or 0)}")
            after = read_one(source, "SELECT connection_id()", NOW)
        assert after.outcome is Outcome.OK
        assert after.value != first

    def test_tls_that_is_asked_for_and_not_there_is_refused(self, primary: MariaDB) -> None:
        with mysql(primary, ssl_mode="required") as source:
            reading = read_one(source, "SELECT 1", NOW)
        assert reading.outcome is Outcome.ERROR
        assert "SSL" in reading.detail or "TLS" in reading.detail

    def test_a_wrong_password_is_told_and_not_quoted(self, primary: MariaDB) -> None:
        with mysql(primary, password="WRONG-ONE") as source:
            reading = read_one(source, "SELECT 1", NOW)
            [finding] = source.check()
        assert "Access denied" in reading.detail
        assert not finding.ok
        assert "WRONG-ONE" not in reading.detail + finding.sentence

    def test_doctor_warns_of_too_much_power(self, primary: MariaDB) -> None:
        with mysql(primary, user="owner", password="OWNER-3306") as source:
            assert any(not one.ok and "ALL PRIVILEGES" in one.sentence for one in source.check())

    def test_a_replica_that_follows_is_not_behind(self, servers: Pair) -> None:
        servers.primary.do("REPLACE INTO item VALUES (5, 5)", "DELETE FROM item WHERE id = 5")
        _caught_up(servers)
        wanted = {"replica_running": 1.0, "replica_lag": 0.0, "replica_gap": 0.0}
        with mysql(servers.replica) as source:
            readings = source.read([Query(text, text) for text in wanted], NOW)
        assert {one.query: one.value for one in readings} == wanted

    def test_transactions_that_arrive_and_wait_are_counted(self, servers: Pair) -> None:
        _caught_up(servers)
        servers.replica.do("STOP SLAVE SQL_THREAD")
        try:
            servers.primary.do("REPLACE INTO item VALUES (7, 7)", "DELETE FROM item WHERE id = 7")
            with mysql(servers.replica) as source:
                assert read_one(source, "replica_running", NOW).value == 0
                lag = read_one(source, "replica_lag", NOW)
            assert lag.outcome is Outcome.ERROR
            assert "its SQL thread says No" in lag.detail
        finally:
            servers.replica.do("START SLAVE SQL_THREAD")
        _caught_up(servers)

    def test_a_replica_that_clashes_is_broken_and_says_why(self, servers: Pair) -> None:
        _caught_up(servers)
        servers.replica.do("SET SESSION sql_log_bin = 0", "INSERT INTO item VALUES (9, 1)")
        servers.primary.do("INSERT INTO item VALUES (9, 2)")
        try:
            servers.replica.until(
                "SELECT count(*) = 0 FROM information_schema.processlist "
                "WHERE command = 'Slave_SQL'"
            )
            with mysql(servers.replica) as source:
                lag = read_one(source, "replica_lag", NOW)
            assert lag.outcome is Outcome.ERROR
            assert "Duplicate entry" in lag.detail
        finally:
            servers.replica.do("DELETE FROM item WHERE id = 9", "START SLAVE SQL_THREAD")
            servers.primary.do("DELETE FROM item WHERE id = 9")
        _caught_up(servers)

    def test_a_channel_that_is_not_there_is_no_data(self, servers: Pair) -> None:
        with mysql(servers.replica) as source:
            reading = read_one(source, "replica_lag(other)", NOW)
        assert reading.outcome is Outcome.EMPTY

    def test_every_ready_made_question_is_understood(self, servers: Pair) -> None:
        for server in servers:
            with mysql(server) as source:
                for name in READY:
                    text = f"{name}(Uptime)" if READY[name].params else name
                    reading = read_one(source, text, NOW)
                    assert reading.outcome is Outcome.OK, reading

    def test_who_may_not_see_others_gets_no_data_and_never_zero(self, primary: MariaDB) -> None:
        primary.do("CREATE USER IF NOT EXISTS blind@'127.0.0.1' IDENTIFIED BY 'BLIND-ONE'")
        primary.do(f"GRANT SELECT ON {DATABASE}.* TO blind@'127.0.0.1'")
        with mysql(primary, user="blind", password="BLIND-ONE") as source:
            for text in ("replica_lag", "longest_transaction", "deadlocks"):
                reading = read_one(source, text, NOW)
                assert reading.outcome is Outcome.ERROR, text
                assert "privilege" in reading.detail


class TestOverTLS:
    """The certificate is for localhost."""

    pytestmark = NEEDED

    @pytest.fixture(scope="class")
    @classmethod
    def papers(cls, tmp_path_factory: pytest.TempPathFactory) -> Authority:
        return Authority(tmp_path_factory.mktemp("authority"))

    @pytest.fixture(scope="class")
    @classmethod
    def secured(cls, papers: Authority) -> Iterator[MariaDB]:
        with mariadb(tls=papers.papers("localhost", 10)) as (server,):
            yield server

    @pytest.mark.parametrize(
        ("mode", "host"),
        [("verify_identity", "localhost"), ("verify_ca", "127.0.0.1"), ("required", "127.0.0.1")],
    )
    def test_it_is_spoken(self, secured: MariaDB, papers: Authority, mode: str, host: str) -> None:
        ca_file = str(papers.file)
        with mysql(secured, ssl_mode=mode, host=host, ca_file=ca_file) as source:
            text = "SELECT variable_value <> '' FROM information_schema.session_status "
            reading = read_one(source, f"{text} WHERE variable_name = 'Ssl_cipher'", NOW)
        assert reading.value == 1.0, reading

    def test_who_is_somebody_else_is_refused(self, secured: MariaDB, papers: Authority) -> None:
        ca_file = str(papers.file)
        with mysql(secured, ssl_mode="verify_identity", ca_file=ca_file) as source:
            reading = read_one(source, "SELECT 1", NOW)
        assert "certificate verify failed" in reading.detail

    def test_a_stranger_is_refused(self, secured: MariaDB, tmp_path: Path) -> None:
        ca_file = str(Authority(tmp_path).file)
        with mysql(secured, ssl_mode="verify_ca", ca_file=ca_file) as source:
            reading = read_one(source, "SELECT 1", NOW)
        assert reading.outcome is Outcome.ERROR
        assert "certificate verify failed" in reading.detail


def _caught_up(servers: Pair) -> None:
    position = servers.primary.ask("SELECT @@gtid_binlog_pos")
    assert servers.replica.ask(f"SELECT master_gtid_wait('{position}', 60)") == 0


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, "needs ca_file"),
        ({"ssl_mode": "preferred"}, "'disabled', 'required'"),
        ({"ssl_mode": "required", "client_key": "k.pem"}, "belong together"),
        ({"ssl_mode": "required", "user": "a\nb"}, "pattern"),
    ],
)
def test_a_configuration_says_what_is_wrong(keys: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        MySQLConfig.model_validate({**_GIVEN, "password": SECRET, **keys})
    assert SECRET not in str(caught.value)


def test_an_authority_that_can_t_be_read_is_named(tmp_path: Path) -> None:
    keys = {**_GIVEN, "ca_file": str(tmp_path / "nowhere.pem")}
    with pytest.raises(ConfigError, match="ca_file"):
        MySQLSource(MySQLConfig.model_validate(keys))


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "INSTALLED", False)
    with pytest.raises(ConfigError, match=r"install warroom\[mysql\]"):
        MySQLSource(MySQLConfig.model_validate({**_GIVEN, "ssl_mode": "required"}))
