"""What adopters use in their own tests: the whole server in memory, and a pytest plugin that gives it to each test.

`twin` has the server, `clients` what speaks to it, `plugin` the fixtures. Nothing is imported here: the plugin is
loaded into every run of pytest where Doorward is installed, and must cost nothing where it is not used.
"""
