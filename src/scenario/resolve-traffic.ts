import type { Problem } from '../kubernetes/manifest/problem.js';
import type { Payday } from '../workload/calendar-factors.js';
import type { TrafficSpec, TrafficSpike } from '../workload/service-load.js';
import { durationMs } from './clock.js';
import type { ReadFile } from './file-reading.js';
import { timeWithinRun } from './resolve-events.js';
import { TraceResolver } from './resolve-trace.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ScenarioFile } from './scenario-file.js';
import { DAILY_PRESETS, DAY_OF_MONTH_PRESETS, FLASH_CROWD_PRESETS, WEEKDAY_PRESETS } from './traffic-presets.js';

type Curve = NonNullable<ScenarioFile['traffic']>[string];

/** When a run begins (epoch ms), and how long it is. */
export interface RunSpan {
  readonly startTimeMs: number;
  readonly durationMs: number;
}

/** Minute-level variation around the hourly mean that was measured on a busy web site (kubernetes.md §9.1). */
const MEASURED_NOISE = 0.25;

/** Makes traffic curves of what a scenario says under `traffic`; reads the traces that they replay. */
export class TrafficResolver {
  readonly #problems: Problem[] = [];
  readonly #traces: TraceResolver;

  constructor(
    private readonly document: ScenarioDocument,
    private readonly run: RunSpan,
    readFile: ReadFile,
  ) {
    this.#traces = new TraceResolver(document, run, readFile);
  }

  /** The curves by name, what is wrong with them, and what the user must know of their traces. */
  resolve(): {
    readonly curves: ReadonlyMap<string, TrafficSpec>;
    readonly problems: readonly Problem[];
    readonly remarks: readonly string[];
  } {
    const { traffic = {} } = this.document.content;
    const curves = new Map(Object.entries(traffic).map(([name, curve]) => [name, this.#curve(name, curve)]));
    const { problems, remarks } = this.#traces;
    return { curves, problems: [...this.#problems, ...problems], remarks };
  }

  #curve(name: string, curve: Curve): TrafficSpec {
    const { daily = 'flat', weekdays = 'flat', daysOfMonth, payday, batches } = curve;
    return {
      curve: name,
      baseRps: curve.requestsPerSecond ?? 1,
      trace: curve.trace && this.#traces.resolve(name, curve.trace),
      hourly: typeof daily === 'string' ? (DAILY_PRESETS[daily] ?? []) : daily,
      weekdays: typeof weekdays === 'string' ? (WEEKDAY_PRESETS[weekdays] ?? []) : weekdays,
      daysOfMonth: typeof daysOfMonth === 'string' ? DAY_OF_MONTH_PRESETS[daysOfMonth] : daysOfMonth,
      payday: payday && resolvePayday(payday),
      spikes: (curve.spikes ?? []).map((spike, index) => ({
        startMs: this.#time(name, 'spikes', index, spike.at),
        ...spikeShape(spike),
      })),
      batches: batches?.map(({ at, requests, over = '1m' }, index) => ({
        startMs: this.#time(name, 'batches', index, at),
        overMs: durationMs(over),
        requests,
      })),
      noiseSigma: curve.noise ?? (curve.trace === undefined ? MEASURED_NOISE : 0),
    };
  }

  #time(curve: string, list: string, index: number, at: string): number {
    return timeWithinRun(this.document, ['traffic', curve, list, index, 'at'], at, this.run, this.#problems);
  }
}

function spikeShape(spike: NonNullable<Curve['spikes']>[number]): Omit<TrafficSpike, 'startMs'> {
  const preset = FLASH_CROWD_PRESETS[spike.preset ?? ''];
  const { factor, ramp = '0s', hold = '0s', decay = '0s' } = { ...preset, ...defined(spike) };
  return {
    factor: factor ?? 1,
    rampMs: durationMs(ramp),
    holdMs: durationMs(hold),
    decayMs: durationMs(decay),
  };
}

function defined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Days of a month as numbers; the last is the 31st, which is the last day of every month. */
export function daysOf(days: readonly (number | 'last')[]): readonly number[] {
  return days.map((day) => (day === 'last' ? 31 : day));
}

/** What is not given is as kubernetes.md §9.1 has it. The 31st is the last day of every month. */
function resolvePayday(payday: NonNullable<Curve['payday']>): Payday {
  const { days, morning = 2, rest = 1.4, dayAfter = 1.3, monthEnd = 1.2 } = payday;
  return { days: daysOf(days), morning, rest, dayAfter, monthEnd };
}
