import type { EventLog } from '../simulation/event-log.js';
import { eventsOfType } from './events-of-type.js';
import { StepFunction } from './step-function.js';

/** CPU and memory in use on the nodes Karpenter manages, mean over the run; a sample stands until the next one. */
export interface MeanUsage {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** Folds the usage samples of a log; undefined when it holds none. */
export function meanUsage(log: EventLog, endMs: number): MeanUsage | undefined {
  const cpu = new StepFunction();
  const memory = new StepFunction();
  const samples = eventsOfType(log, 'UsageSampled');
  for (const event of samples) {
    cpu.add(event.timeMs, event.cpuMilli - cpu.current);
    memory.add(event.timeMs, event.memoryBytes - memory.current);
  }
  if (samples.length === 0) return undefined;
  return { cpuMilli: cpu.statistics(endMs).mean, memoryBytes: memory.statistics(endMs).mean };
}
