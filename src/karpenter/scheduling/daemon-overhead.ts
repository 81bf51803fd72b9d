import { ObjectCache } from '../../kernel/object-cache.js';
import type { Pod } from '../../kubernetes/pod.js';
import { mergeResources } from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { Taint } from '../../kubernetes/taints.js';
import { toleratesTaints } from '../../kubernetes/tolerations.js';
import { labelRequirements } from '../requirements/label-requirements.js';
import { NO_LABELS } from '../requirements/labels.js';
import { podRequirements } from '../requirements/pod-requirements.js';
import type { BoundsReading } from '../requirements/requirement.js';
import type { Requirements } from '../requirements/requirements.js';
import type { StateNodeView } from '../state-node-view.js';
import { HostPortUsage } from './host-ports.js';
import type { CandidateTypes } from './instance-type-filter.js';
import { dropRequiredNodeAffinityTerm, tolerateWithPreference } from './preferences.js';
import type { NodeClaimTemplate } from './node-claim-template.js';
import type { TypeView } from './type-view.js';

/** What daemon pods take on new and on existing nodes, as one version reckons it (scheduling.md §4.5). */
export interface DaemonOverhead {
  /** Types of each template, grouped by the daemon pods they get. */
  readonly groups: ReadonlyMap<NodeClaimTemplate, readonly CandidateTypes[]>;
  /** Requests that a template's NodeClaims have from the start; empty where groups count them. */
  readonly initialRequests: (template: NodeClaimTemplate) => ResourceList;
  /** Requests of the daemon pods that belong on an existing node (EX-3). */
  readonly expectedOn: (view: StateNodeView) => ResourceList;
}

export interface DaemonOverheadInput {
  readonly templates: readonly NodeClaimTemplate[];
  readonly daemons: readonly Pod[];
  readonly wellKnown: ReadonlySet<string>;
  readonly reading: BoundsReading;
  readonly podRequests: (pod: Pod) => ResourceList;
}

/** How a version reckons. */
export type DaemonOverheadRule = (input: DaemonOverheadInput) => DaemonOverhead;

interface CachedOverhead {
  readonly rule: DaemonOverheadRule;
  readonly templates: readonly NodeClaimTemplate[];
  readonly overhead: DaemonOverhead;
}

/** By the list of daemon pods, which is the same for all questions about one cluster. */
const overheads = new ObjectCache<readonly Pod[], CachedOverhead>();

/** The overhead of daemon pods, worked out once for all questions that are asked about one cluster. */
export function daemonOverhead(rule: DaemonOverheadRule, input: DaemonOverheadInput): DaemonOverhead {
  const { daemons, templates } = input;
  const known = overheads.get(daemons);
  if (known?.rule === rule && sameTemplates(known.templates, templates)) return known.overhead;
  const overhead = rule(input);
  overheads.set(daemons, { rule, templates, overhead });
  return overhead;
}

function sameTemplates(a: readonly NodeClaimTemplate[], b: readonly NodeClaimTemplate[]): boolean {
  return a.length === b.length && a.every((template, index) => template === b[index]);
}

/** Requests of several pods together; `pods` is their number even when there are none (POD-6). */
function requestsOf(pods: readonly Pod[], podRequests: (pod: Pod) => ResourceList): ResourceList {
  return { ...mergeResources(...pods.map(podRequests)), pods: pods.length };
}

/**
 * Overhead by groups of instance types (CON-7). The trials change the daemon pods: an alternative of the required node
 * affinity that failed once is gone for all later types, templates and existing nodes, so the order of everything here
 * matters (CON-9).
 */
export function groupedDaemonOverhead(input: DaemonOverheadInput): DaemonOverhead {
  const { templates, wellKnown, reading, podRequests } = input;
  // With resource claims ignored, Karpenter overlooks daemons that have some.
  const trials = input.daemons.filter((pod) => pod.spec.resourceClaims === 0);

  const strictOf = (pod: Pod): Requirements => podRequirements(pod, reading).strict;

  const isCompatible = (template: NodeClaimTemplate, type: TypeView, index: number): boolean => {
    let pod = trials[index] as Pod;
    // A preference of the NodePool is none for a daemon.
    pod = tolerateWithPreference(pod) ?? pod;
    trials[index] = pod;
    if (!toleratesTaints(pod.spec.tolerations, template.nodePool.template.taints)) return false;
    for (;;) {
      const strict = strictOf(pod);
      if (
        template.requirements.isCompatible(strict, wellKnown) &&
        type.requirements.conflictWith(strict) === undefined
      ) {
        return true;
      }
      const next = dropRequiredNodeAffinityTerm(pod);
      if (next === undefined) return false;
      pod = next;
      trials[index] = pod;
    }
  };

  const groups = new Map<NodeClaimTemplate, readonly CandidateTypes[]>();
  for (const template of templates) {
    const byDaemons = new Map<
      string,
      { types: TypeView[]; overhead: ResourceList | undefined; ports: HostPortUsage }
    >();
    for (const type of template.types) {
      const compatible = trials.flatMap((_, index) => (isCompatible(template, type, index) ? [index] : []));
      const identity = compatible.join();
      let group = byDaemons.get(identity);
      if (group === undefined) {
        const pods = compatible.map((index) => trials[index] as Pod);
        group = {
          types: [],
          overhead: pods.length === 0 ? undefined : requestsOf(pods, podRequests),
          ports: new HostPortUsage(pods),
        };
        byDaemons.set(identity, group);
      }
      group.types.push(type);
    }
    groups.set(template, [...byDaemons.values()]);
  }
  return {
    groups,
    initialRequests: () => ({}),
    expectedOn: (view) =>
      requestsOf(
        trials.filter(
          (pod) =>
            toleratesTaints(pod.spec.tolerations, view.taints) &&
            labelRequirements(view.labels).isCompatible(strictOf(pod), NO_LABELS),
        ),
        podRequests,
      ),
  };
}

/**
 * One sum per template, taken from the start (CON-10). Preferences of a daemon count as demands here, only its first
 * required alternative is tried, and its host ports are not looked at.
 */
export function summedDaemonOverhead(input: DaemonOverheadInput): DaemonOverhead {
  const { templates, daemons, wellKnown, reading, podRequests } = input;
  const fitting = (taints: readonly Taint[], labels: Requirements, allowUndefined: ReadonlySet<string>): ResourceList =>
    requestsOf(
      daemons.filter(
        (pod) =>
          toleratesTaints(pod.spec.tolerations, taints) &&
          labels.isCompatible(podRequirements(pod, reading).all, allowUndefined),
      ),
      podRequests,
    );
  const sums = new Map(
    templates.map((template) => [
      template,
      fitting(template.nodePool.template.taints, template.requirements, wellKnown),
    ]),
  );
  return {
    groups: new Map(
      templates.map((template) => [
        template,
        [{ types: template.types, overhead: undefined, ports: new HostPortUsage() }],
      ]),
    ),
    initialRequests: (template) => sums.get(template) ?? {},
    expectedOn: (view) => (daemons.length === 0 ? {} : fitting(view.taints, labelRequirements(view.labels), NO_LABELS)),
  };
}
