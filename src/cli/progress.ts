import type { SingleBar } from 'cli-progress';
import { duration } from '../report/terminal/figures.js';

/** A bar on stderr that shows how far a simulation has come. */
export interface Progress {
  /** @param fraction - 0 to 1. */
  readonly update: (fraction: number) => void;
  readonly stop: () => void;
}

/** A bar on stderr that shows how many runs are done, and about how long the others take. */
export interface RunsProgress {
  readonly update: (runs: { readonly done: number; readonly total: number }) => void;
  readonly stop: () => void;
}

/** A progress bar where stderr is a terminal; otherwise one that shows nothing. */
export async function progressBar(title: string): Promise<Progress> {
  const bar = await terminalBar(`${title} {bar} {percentage} %`);
  bar?.start(100, 0);
  return { update: (fraction) => bar?.update(Math.floor(fraction * 100)), stop: () => bar?.stop() };
}

/** A bar of runs where stderr is a terminal; otherwise one that shows nothing. It appears with the first update. */
export async function runsProgressBar(title: string): Promise<RunsProgress> {
  const bar = await terminalBar(`${title} {bar} {value}/{total} runs{left}`);
  let begun: { readonly done: number; readonly at: number } | undefined;
  return {
    update: ({ done, total }) => {
      if (begun === undefined) {
        // Runs that are there already took no time, and say nothing of the others.
        begun = { done, at: performance.now() };
        bar?.start(total, done, { left: '' });
        return;
      }
      const secondsARun = (performance.now() - begun.at) / 1000 / (done - begun.done);
      bar?.setTotal(total);
      bar?.update(done, { left: done === begun.done ? '' : `, ${duration(secondsARun * (total - done))} left` });
    },
    stop: () => bar?.stop(),
  };
}

async function terminalBar(format: string): Promise<SingleBar | undefined> {
  if (!process.stderr.isTTY) return undefined;
  const progress = await import('cli-progress');
  return new progress.SingleBar({
    format,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 40,
    clearOnComplete: true,
    // Ctrl-C is handled elsewhere (see signals.ts): nothing must catch it, and the terminal must not need repair after it.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true,
    stream: process.stderr,
  });
}
