"""The other end of the contract, for applications: files to copy or to import.

They import nothing of Warroom, and each stands alone: `warroom_switch.py` needs the standard
library only, `warroom_switch_stores.py` whatever store is used, `warroom_switch_asgi.py` and
`warroom_switch_django.py` their framework.
"""
