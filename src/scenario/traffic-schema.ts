import { z } from 'zod';
import { at, dayOfMonth, duration, factor, namespacedName, positiveDuration, quantity, text } from './schema-values.js';
import { DAILY_PRESETS, DAY_OF_MONTH_PRESETS, FLASH_CROWD_PRESETS, WEEKDAY_PRESETS } from './traffic-presets.js';

const traceTime = text(
  /^(\+([0-9]+(\.[0-9]+)?(ms|s|m|h))+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/,
  'a time of the trace such as 1998-07-08T18:00:00Z, or an offset from its beginning such as +18h',
);

const spike = z
  .strictObject({
    at,
    preset: z
      .enum(Object.keys(FLASH_CROWD_PRESETS))
      .optional()
      .describe('A flash crowd: factor, ramp, hold and decay, which may still be given one by one'),
    factor: factor.optional().describe('Demand at the top as a multiple of what the curve says then'),
    ramp: duration.optional().describe('Linear rise'),
    hold: duration.optional().describe('Time at the top'),
    decay: positiveDuration.optional().describe('Time constant of the exponential decay'),
  })
  .refine(
    ({ preset, factor, ramp, hold, decay }) => preset !== undefined || ![factor, ramp, hold, decay].includes(undefined),
    {
      error: `factor, ramp, hold and decay, or preset: one of ${Object.keys(FLASH_CROWD_PRESETS).join(', ')}`,
    },
  );

const payday = z
  .strictObject({
    days: z
      .array(dayOfMonth)
      .min(1, { error: 'at least one day' })
      .describe('Days of the month on which salaries arrive; 31 in a shorter month is its last day'),
    morning: factor.optional().describe('Factor from 06:00 to 12:00 UTC of the day. Default 2'),
    rest: factor.optional().describe('Factor for the rest of the day. Default 1.4'),
    dayAfter: factor.optional().describe('Default 1.3'),
    monthEnd: factor.optional().describe('Factor on the last two days of a month. Default 1.2'),
  })
  .describe('A bank around payday');

const batch = z
  .strictObject({
    at,
    requests: z.number().min(0).describe('Requests of the curve in all'),
    over: positiveDuration.optional().describe('They arrive evenly over this time. Default 1m'),
  })
  .describe('Work that arrives all at once');

const trace = z
  .strictObject({
    file: z
      .string()
      .min(1, { error: 'a CSV file relative to the scenario file' })
      .describe('CSV with a header: a column of times (RFC 3339, Unix s or ms, or seconds from 0) and one of requests'),
    columns: z
      .strictObject({
        time: z.string().optional(),
        rate: z.string().optional().describe('Requests a second'),
        count: z.string().optional().describe('Requests in the interval that begins at the time of the row'),
      })
      .refine(({ rate, count }) => rate === undefined || count === undefined, { error: 'rate or count, not both' })
      .optional()
      .describe('Names of the columns, where they are not found by themselves'),
    from: traceTime.optional().describe('Where the part that is replayed begins. Default: the beginning of the trace'),
    to: traceTime.optional().describe('Where it ends. Default: the end of the trace'),
    at: at.optional().describe('Time of the run at which that part begins. Default: the start of the run'),
    speed: z
      .number()
      .positive({ error: 'a number above 0' })
      .optional()
      .describe('2: twice as fast, 0.5: stretched to twice the time. Default 1'),
    scale: z.number().positive({ error: 'a number above 0' }).optional().describe('Factor on every rate. Default 1'),
    peak: z
      .number()
      .positive({ error: 'a number above 0' })
      .optional()
      .describe('Highest rate of the part, requests a second'),
    mean: z
      .number()
      .positive({ error: 'a number above 0' })
      .optional()
      .describe('Mean rate of the part, requests a second'),
  })
  .refine(({ scale, peak, mean }) => [scale, peak, mean].filter((value) => value !== undefined).length <= 1, {
    error: 'one of scale, peak, mean',
  })
  .describe('A recorded request rate instead of requestsPerSecond');

/** A curve under `traffic`. */
export const trafficCurve = z
  .strictObject({
    requestsPerSecond: z.number().min(0).optional().describe('Requests a second at factor 1, about the mean of a day'),
    trace: trace.optional(),
    daily: z
      .union([z.enum(Object.keys(DAILY_PRESETS)), z.array(factor).length(24)], {
        error: `one of ${Object.keys(DAILY_PRESETS).join(', ')}, or 24 factors`,
      })
      .optional()
      .describe('Factor by hour of the day (UTC): a preset, or 24 numbers. Default flat'),
    weekdays: z
      .union([z.enum(Object.keys(WEEKDAY_PRESETS)), z.array(factor).length(7)], {
        error: `one of ${Object.keys(WEEKDAY_PRESETS).join(', ')}, or seven factors, Monday first`,
      })
      .optional()
      .describe('Factor by day of the week, Monday first: a preset, or seven numbers. Default flat'),
    daysOfMonth: z
      .union([z.enum(Object.keys(DAY_OF_MONTH_PRESETS)), z.array(factor).length(31)], {
        error: `one of ${Object.keys(DAY_OF_MONTH_PRESETS).join(', ')}, or 31 factors`,
      })
      .optional()
      .describe('Factor by day of the month: a preset, or 31 numbers. Default flat'),
    payday: payday.optional(),
    noise: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'Standard deviation of the minute-by-minute noise on a log scale. Default 0.25, or 0 for a trace, which has its own; 0 switches it off',
      ),
    spikes: z.array(spike).optional(),
    batches: z.array(batch).optional().describe('On top of everything else'),
  })
  .refine(({ requestsPerSecond, trace }) => (requestsPerSecond === undefined) !== (trace === undefined), {
    error: 'requestsPerSecond, or a trace with its scale, peak or mean',
  });

const load = z.strictObject({
  cpuMillisecondsPerRequest: z.number().min(0).describe('CPU time a request costs, core-milliseconds'),
  idleCpu: quantity.optional().describe('CPU of a pod without requests. Default 0'),
  idleMemory: quantity.describe('Memory of a pod without requests'),
  memoryPerRequestPerSecond: quantity
    .optional()
    .describe('Memory for each request a second that a pod serves. Default 0'),
  warmup: z
    .strictObject({
      factor: z.number().min(1).describe('Cost of a request just after start, as a multiple of the usual one'),
      decay: positiveDuration.describe('Time constant with which that wears off'),
    })
    .optional()
    .describe('Slow first minutes of a pod, as of a JVM. Default none'),
  ioTime: duration
    .optional()
    .describe('Time a request waits for a database or another service, beside its CPU. Default 0s'),
  timeout: positiveDuration.optional().describe('A request that would have to queue longer is lost. Default 5s'),
  retries: z
    .number()
    .min(0)
    .max(1, { error: 'a share between 0 and 1' })
    .optional()
    .describe('Share of the lost requests that clients try once more, a second later. Default 0.3'),
});

const usage = z
  .strictObject({
    cpu: quantity.describe('CPU that all pods use together where the curve is at one request a second'),
    memory: quantity.describe('Memory of each pod'),
  })
  .describe('In place of load where no requests are known: nothing is said of requests lost or late');

/** An entry of `services`. */
export const service = z
  .strictObject({
    deployment: namespacedName.optional().describe('namespace/name of the Deployment'),
    statefulSet: namespacedName.optional().describe('namespace/name of the StatefulSet, in place of deployment'),
    traffic: z.string().describe('Name of a curve under traffic'),
    share: z.number().min(0).optional().describe('Requests of this service for one request of the curve. Default 1'),
    databaseConnections: z
      .int()
      .min(0)
      .optional()
      .describe('Connections that each pod opens when its containers start, as its connection pool has. Default 0'),
    workQueue: z
      .boolean()
      .optional()
      .describe('Requests are work in a queue: none is lost, and pods are busy until it is empty. Default false'),
    load: load.optional(),
    usage: usage.optional(),
  })
  .refine(({ deployment, statefulSet }) => (deployment === undefined) !== (statefulSet === undefined), {
    error: 'deployment, or statefulSet',
  })
  .refine(({ load, usage }) => (load === undefined) !== (usage === undefined), {
    error: 'load, or usage where no requests are known',
  })
  .refine(({ workQueue, usage }) => workQueue === undefined || usage === undefined, {
    error: 'no workQueue beside usage, which knows no requests',
  })
  .refine(({ workQueue, load }) => workQueue !== true || (load?.timeout ?? load?.retries) === undefined, {
    error: 'no timeout and no retries in the load of a workQueue, which loses nothing',
  });
