import { setTimeout } from 'node:timers/promises';

/** Long enough for a few turns of the event loop. */
const POLL_MS = 10;

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs synchronous work that must not be cut in two. A signal that comes meanwhile ends the process right after it; outside of
 * this function nothing is caught, so that Ctrl-C ends a long simulation at once.
 */
export async function uninterrupted(work: () => void): Promise<void> {
  let received: NodeJS.Signals | undefined;
  const remember = (signal: NodeJS.Signals): void => {
    received ??= signal;
  };
  for (const signal of SIGNALS) process.on(signal, remember);
  try {
    work();
    // A signal reaches its handler when the event loop polls.
    await setTimeout(POLL_MS);
  } finally {
    for (const signal of SIGNALS) process.off(signal, remember);
  }
  if (received !== undefined) process.kill(process.pid, received);
}
