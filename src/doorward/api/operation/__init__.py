"""What operators, gateways and other servers ask: is it alive, how is it doing, which keys does it sign with."""
