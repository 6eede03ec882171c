// Loaded before a stage that the hub started as a child: when the hub is gone, however it went, the stage stops in order.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
