// One share per route, in shared memory: changed by a request to `admin`, looked up by `side`.
// How to set it up: docs/drivers/nginx.md. Nothing here is changed by Warroom.
//
// Under the route's name lies "VERSION HUNDREDTHS". Whoever wants to follow version N first adds
// the key "ROUTE#N", which only one can: so a write that was based on an older version than the
// latest is refused.

const HELD = 16;      // claims that are kept, so that a slow writer still meets the one it missed
const TRIES = 64;
const PATIENT = 32;   // tries until the claim of a writer that died is passed over

function kept(route) {
    const text = ngx.shared.warroom.get(route);
    if (text === undefined) {
        return {version: 0, hundredths: 0};
    }
    const parts = text.split(' ');
    return {version: Number(parts[0]), hundredths: Number(parts[1])};
}

// 0 to 9999 for a key; the same for the same key, whatever the share: so whoever was in a smaller
// one stays in a larger one. Without a key it is drawn by lot.
function bucket(key) {
    if (!key) {
        return Math.floor(Math.random() * 10000);
    }
    let hash = 2166136261;
    for (let i = 0; i < key.length; i++) {
        hash = Math.imul(hash ^ key.charCodeAt(i), 16777619);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
    return ((hash ^ (hash >>> 16)) >>> 0) % 10000;
}

function side(r) {
    const share = kept(r.variables.warroom_route).hundredths;
    return bucket(r.variables.warroom_key) < share ? 'green' : 'blue';
}

function hundredths(text) {
    if (typeof text !== 'string' || !/^[0-9]{1,3}([.][0-9]{1,2})?$/.test(text)) {
        return -1;
    }
    const parts = text.split('.');
    const value = Number(parts[0]) * 100 + Number(((parts[1] || '') + '00').slice(0, 2));
    return value <= 10000 ? value : -1;
}

// The version written, or 0 when `expected` is not the latest (undefined: whatever it is).
function write(route, value, expected) {
    const zone = ngx.shared.warroom;
    for (let i = 0; i < TRIES; i++) {
        const now = kept(route).version;
        if (expected !== undefined && String(now) !== expected) {
            return 0;
        }
        const passing = expected === undefined && i >= PATIENT ? '#' + i : '';
        if (zone.add(route + '#' + now + passing, '1')) {
            // Versions begin at the time of the first write: none comes again after a restart.
            const next = (now || Date.now()) + 1;
            zone.set(route, next + ' ' + value);
            zone.delete(route + '#' + (now - HELD));
            return next;
        }
    }
    return 0;
}

function say(r, status, body) {
    r.headersOut['Content-Type'] = 'application/json';
    r.headersOut['Cache-Control'] = 'no-store';
    r.return(status, JSON.stringify(body) + '\n');
}

function put(r, route) {
    let asked;
    try {
        asked = JSON.parse(r.requestText);
    } catch (e) {
        return say(r, 400, {error: 'the body is no JSON'});
    }
    const value = hundredths(asked === null ? undefined : asked.weight);
    if (value < 0) {
        return say(r, 400, {error: 'weight is a string from "0" to "100" with two decimals at most'});
    }
    const version = write(route, value, asked.version);
    if (version === 0) {
        return say(r, 409, {error: 'somebody else has changed it since'});
    }
    return get(r, route);
}

function get(r, route) {
    const now = kept(route);
    const weight = String(now.hundredths / 100);
    say(r, 200, {route: route, weight: weight, version: String(now.version)});
}

function admin(r) {
    const route = r.variables.warroom_route;
    if (r.method === 'PUT') {
        return put(r, route);
    }
    if (r.method === 'GET') {
        return get(r, route);
    }
    say(r, 405, {error: 'GET and PUT only'});
}

export default {side, admin};
