import { familyOfType } from '../cloud/launch/pool.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { PathKey } from '../kubernetes/manifest/field-path.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { durationMs, sinceStartMs } from './clock.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';
import type { ClusterObjects, ScenarioEvent } from './scenario-spec.js';

/** What events refer to. */
export interface EventContext {
  readonly startTimeMs: number;
  readonly durationMs: number;
  readonly deployments: readonly string[];
  readonly nodeClasses: readonly string[];
  readonly zones: readonly string[];
  readonly catalogue: ScenarioCatalogue;
  /** Reads an applied file; undefined (with problems noted elsewhere) when it cannot be. */
  readonly readManifest: (path: string, at: readonly PathKey[]) => ClusterObjects | undefined;
}

/** Scripted events in order of time, ties as written. */
export function resolveEvents(
  document: ScenarioDocument,
  context: EventContext,
): { readonly events: readonly ScenarioEvent[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const events = (document.content.events ?? []).flatMap((event, index): ScenarioEvent[] => {
    const path: readonly PathKey[] = ['events', index];
    const atMs = timeWithinRun(document, [...path, 'at'], event.at, context, problems);
    const named = (key: readonly PathKey[], name: string | undefined, known: Iterable<string>, what: string) => {
      const names = new Set(known);
      if (name === undefined || names.has(name)) return;
      problems.push(
        document.problem([...path, ...key], {
          code: 'missing-reference',
          message: `there is no ${what} "${name}"`,
          hint: didYouMean(name, names),
        }),
      );
    };
    if (event.apply !== undefined) {
      const objects = context.readManifest(event.apply, [...path, 'apply']);
      return objects === undefined ? [] : [{ atMs, action: 'apply', file: event.apply, objects }];
    }
    if (event.scale !== undefined) {
      named(['scale', 'deployment'], event.scale.deployment, context.deployments, 'Deployment');
      return [{ atMs, action: 'scale', ...event.scale }];
    }
    if (event.deleteNode !== undefined) return [{ atMs, action: 'deleteNode', node: event.deleteNode }];
    if (event.failNode !== undefined) {
      const { node, failure = 'instance-gone' } = event.failNode;
      return [{ atMs, action: 'failNode', node, failure }];
    }
    if (event.failZone !== undefined) {
      named(['failZone'], event.failZone, context.zones, 'zone of this scenario');
      return [{ atMs, action: 'failZone', zone: event.failZone }];
    }
    for (const action of ['interrupt', 'rebalance', 'maintenance'] as const) {
      const instances = event[action];
      if (instances === undefined) continue;
      named([action, 'instanceType'], instances.instanceType, context.catalogue.typeNames, 'instance type');
      named([action, 'zone'], instances.zone, context.zones, 'zone of this scenario');
      return [{ atMs, action, ...instances }];
    }
    if (event.failLaunches !== undefined) {
      const { reason, duration, ...where } = event.failLaunches;
      named(['failLaunches', 'nodeClass'], where.nodeClass, context.nodeClasses, 'EC2NodeClass');
      named(['failLaunches', 'zone'], where.zone, context.zones, 'zone of this scenario');
      return [{ atMs, action: 'failLaunches', fault: reason, ...where, durationMs: durationMs(duration) }];
    }
    if (event.exhaust === undefined) return [];
    const { duration, ...pools } = event.exhaust;
    named(['exhaust', 'instanceType'], pools.instanceType, context.catalogue.typeNames, 'instance type');
    named(['exhaust', 'instanceFamily'], pools.instanceFamily, families(context.catalogue), 'instance family');
    named(['exhaust', 'zone'], pools.zone, context.zones, 'zone of this scenario');
    return [{ atMs, action: 'exhaust', ...pools, durationMs: durationMs(duration) }];
  });
  return { events: events.sort((a, b) => a.atMs - b.atMs), problems };
}

function families({ typeNames }: ScenarioCatalogue): ReadonlySet<string> {
  return new Set([...typeNames].map(familyOfType));
}

/** A time of the run in ms since its start; a problem when it lies outside. */
export function timeWithinRun(
  document: ScenarioDocument,
  path: readonly PathKey[],
  text: string,
  run: { readonly startTimeMs: number; readonly durationMs: number },
  problems: Problem[],
): number {
  const ms = sinceStartMs(text, run.startTimeMs);
  if (!(ms >= 0 && ms <= run.durationMs)) {
    const end = new Date(run.startTimeMs + run.durationMs).toISOString().replace('.000', '');
    problems.push(
      document.problem(path, {
        code: 'invalid-value',
        message: `${text} is outside the run`,
        expected: `a time from ${document.content.start} to ${end}`,
      }),
    );
  }
  return ms;
}
