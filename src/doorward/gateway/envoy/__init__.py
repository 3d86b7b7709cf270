"""The gateway as Envoy has it, from 1.40 on."""
