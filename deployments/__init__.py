"""How runs start: the command line, the gateway, schedules, work pools, the practice datacenter."""
