/** How long the lanes of a killed process stand still before others take them. */
export const SESSION_TIMEOUT_MS = 15_000;
/** How long the broker waits for a member of a group that is being divided anew, before it goes on without it. */
export const REBALANCE_TIMEOUT_MS = 30_000;
export const HEARTBEAT_INTERVAL_MS = 3_000;
