/** A bar on stderr that shows how far a simulation has come. */
export interface Progress {
  /** @param fraction - 0 to 1. */
  readonly update: (fraction: number) => void;
  readonly stop: () => void;
}

/** A progress bar where stderr is a terminal; otherwise one that shows nothing. */
export async function progressBar(title: string): Promise<Progress> {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    format: `${title} {bar} {percentage} %`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 40,
    clearOnComplete: true,
    // Ctrl-C ends the process at once (see signals.ts): nothing must catch it, and the terminal must not need repair after it.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true,
    stream: process.stderr,
  });
  bar.start(100, 0);
  return {
    update: (fraction) => {
      bar.update(Math.floor(fraction * 100));
    },
    stop: () => {
      bar.stop();
    },
  };
}
