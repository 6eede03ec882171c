const POLL_MS = 50;

/** Waits until `check` no longer throws, for at most `limitMs`; the last failure is what comes out then. */
export async function eventually<T>(check: () => Promise<T> | T, limitMs = 20_000): Promise<T> {
  const ends = Date.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > ends) throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
