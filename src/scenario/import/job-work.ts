import { isFinished, type CompleteWorkloads } from './complete-workloads.js';
import type { Dump } from './dump.js';
import type { ImportFindings } from './import-finding.js';
import { controllerOf, fieldOf, keyOf } from './object-fields.js';
import type { DumpObject } from './shaped-object.js';

/**
 * How long Jobs and CronJobs work: as long as their ended runs did, in the median. Where none has ended, twice as long as the
 * oldest of their pods has worked by now; where nothing has run, a run's own assumption stands.
 *
 * @param nowMs - when the dump was made, epoch ms
 */
export function jobWork(
  dump: Dump,
  { jobs, cronJobs, pods }: CompleteWorkloads,
  nowMs: number,
  findings: ImportFindings,
): readonly { readonly job: string; readonly duration: string }[] {
  const ended = new Map<string, number[]>();
  for (const job of dump.list('Job').filter(isFinished)) {
    const [began, done] = ['startTime', 'completionTime'].map((key) => Date.parse(String(fieldOf(job, 'status', key))));
    if (began === undefined || done === undefined || !(done > began)) continue;
    const seconds = Math.max(1, Math.round((done - began) / 1000));
    ended.set(makerOf(job), [...(ended.get(makerOf(job)) ?? []), seconds]);
  }
  const makers = new Map(jobs.map((job) => [keyOf(job), makerOf(job)]));
  const working = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const beganMs = Date.parse(String(fieldOf(pod, 'status', 'startTime')));
    if (owner?.['kind'] !== 'Job' || !(beganMs < nowMs)) continue;
    const job = `${namespaceOf(pod)}/${String(owner['name'])}`;
    const maker = makers.get(job) ?? job;
    working.set(maker, Math.max(working.get(maker) ?? 0, Math.round((nowMs - beganMs) / 1000)));
  }
  const scheduled = new Set(cronJobs.map(keyOf));
  // A Job of a CronJob works as that does.
  const alone = jobs.filter((job) => makerOf(job) === keyOf(job) || !scheduled.has(makerOf(job)));
  return [...cronJobs, ...alone].flatMap((object) => {
    const key = keyOf(object);
    const seconds = [...(ended.get(makerOf(object)) ?? [])].sort((a, b) => a - b);
    const median = seconds[Math.floor(seconds.length / 2)];
    if (median !== undefined) return [{ job: key, duration: `${median}s` }];
    const soFar = working.get(makerOf(object));
    if (soFar !== undefined) {
      const text = 'Jobs and CronJobs of which no run has ended: their pods work twice as long as they have by now';
      findings.add('guessed', text, key);
      return [{ job: key, duration: `${2 * soFar}s` }];
    }
    findings.add(
      'guessed',
      'Jobs and CronJobs of which nothing has run: each of their pods works for five minutes',
      key,
    );
    return [];
  });
}

/** The CronJob of a Job that belongs to one, else the object itself, as `namespace/name`. */
function makerOf(object: DumpObject): string {
  const owner = controllerOf(object);
  return owner?.['kind'] === 'CronJob' ? `${namespaceOf(object)}/${String(owner['name'])}` : keyOf(object);
}

function namespaceOf(object: DumpObject): string {
  return keyOf(object).split('/')[0] ?? '';
}
