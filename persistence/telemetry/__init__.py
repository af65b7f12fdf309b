"""What operators see of a running Kaihu: metrics, traces and lines about operations, all fed by `observation`.

Nothing here is imported by a process that was not asked to measure, except `observation` itself.
"""
