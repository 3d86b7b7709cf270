"""The one room that knows all others: settings become adapters, adapters become flows, flows become an application."""
