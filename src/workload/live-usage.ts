/** What pods use. */
export interface Usage {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** Usage of a pod as last measured: one object whose figures change. */
export class LiveUsage implements Usage {
  cpuMilli = 0;
  memoryBytes = 0;
  /** A sum with these figures in it, which has to be made anew when they change. */
  sum: { isCurrent: boolean } | undefined;

  change(cpuMilli: number, memoryBytes: number): void {
    if (cpuMilli === this.cpuMilli && memoryBytes === this.memoryBytes) return;
    this.cpuMilli = cpuMilli;
    this.memoryBytes = memoryBytes;
    if (this.sum !== undefined) this.sum.isCurrent = false;
  }
}
