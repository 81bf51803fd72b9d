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

/** Work that ends early, with what it has, at the first signal; a second one ends the process at once. */
export interface Interruptible {
  readonly signal: AbortSignal;
  /** Stops listening. A signal that was received meanwhile then ends the process, as whoever sent it expects. */
  readonly end: () => void;
}

/** Listens for signals until `end` is called. The work must leave the event loop time to notice one. */
export function interruptible(): Interruptible {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const stopListening = (): void => {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  };
  const interrupt = (signal: NodeJS.Signals): void => {
    received = signal;
    stopListening();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return {
    signal: controller.signal,
    end: () => {
      stopListening();
      if (received !== undefined) process.kill(process.pid, received);
    },
  };
}
