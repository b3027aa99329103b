"""Durable delivery: what was accepted is handled once and in order, what was queued is sent, whatever dies.

`door` and `inbox` take in, `handling` and `turns` answer, `outbox` queues, claims and finishes,
`pace` keeps the channels' limits, `timers` remember what is for later, `loop` runs them all.
"""
