import { ObjectCache } from '../../kernel/object-cache.js';
import { changed } from '../../kernel/copies.js';
import { changedSpec, type NodeAffinity, type Pod } from '../../kubernetes/pod.js';
import type { DaemonSet } from '../../kubernetes/workloads.js';
import type { ClusterSnapshot } from '../cluster-snapshot.js';
import { podIndex } from './cluster-index.js';

interface Representatives {
  readonly daemonSets: readonly DaemonSet[];
  readonly pods: readonly Pod[];
}

const byPodList = new ObjectCache<readonly Pod[], Representatives>();
/** The last answer for a list of DaemonSets: the list of pods changes all the time, the pods that stand for others hardly. */
const latest = new ObjectCache<readonly DaemonSet[], readonly Pod[]>();
const NO_PODS: readonly Pod[] = [];
const synthetic = new ObjectCache<DaemonSet, Pod>();
const affinityTexts = new ObjectCache<NodeAffinity, string>();
const withTemplateAffinity = new WeakMap<Pod, Pod>();

/**
 * One pod per DaemonSet, in list order, that stands for those it will run on new nodes: its newest live pod, else one
 * made from the template (CON-6).
 */
export function daemonPods({ pods, daemonSets }: ClusterSnapshot): readonly Pod[] {
  if (daemonSets.length === 0) return NO_PODS;
  const known = byPodList.get(pods);
  if (known?.daemonSets === daemonSets) return known.pods;
  const newest = podIndex({ pods }).newestOfDaemonSets;
  const found = daemonSets.map((daemonSet) => representativeOf(daemonSet, newest.get(daemonSet.metadata.uid)));
  const before = latest.get(daemonSets);
  const representatives = before?.every((pod, index) => weighsTheSame(pod, found[index])) === true ? before : found;
  latest.set(daemonSets, representatives);
  byPodList.set(pods, { daemonSets, pods: representatives });
  return representatives;
}

function representativeOf(daemonSet: DaemonSet, live: Pod | undefined): Pod {
  if (live === undefined) {
    let pod = synthetic.get(daemonSet);
    if (pod === undefined) {
      pod = podFromTemplate(daemonSet);
      synthetic.set(daemonSet, pod);
    }
    return pod;
  }
  // The DaemonSet controller pins each pod to its node; the template knows where the next one may go.
  const required = daemonSet.template.spec.affinity?.nodeAffinity?.required;
  if (required === undefined) return live;
  let pod = withTemplateAffinity.get(live);
  if (pod?.spec.affinity?.nodeAffinity?.required !== required) {
    const { affinity } = live.spec;
    const nodeAffinity = { preferred: affinity?.nodeAffinity?.preferred ?? [], required };
    pod = changed(live, { spec: changedSpec(live.spec, { affinity: { ...affinity, nodeAffinity } }) });
    withTemplateAffinity.set(live, pod);
  }
  return pod;
}

/** Whether all that is asked of a representative has the same answer: what it needs, and where it may run. */
function weighsTheSame(a: Pod, b: Pod | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || a.status.containerStatuses.length > 0 || b.status.containerStatuses.length > 0) return false;
  const [first, second] = [a.spec, b.spec];
  return (
    first.containers === second.containers &&
    first.initContainers === second.initContainers &&
    first.resources === second.resources &&
    first.overhead === second.overhead &&
    first.nodeSelector === second.nodeSelector &&
    first.tolerations === second.tolerations &&
    first.resourceClaims === second.resourceClaims &&
    nodeAffinityText(first.affinity?.nodeAffinity) === nodeAffinityText(second.affinity?.nodeAffinity)
  );
}

/** Fields are left out: they pin each pod to its node, and requirements do not read them. */
function nodeAffinityText(affinity: NodeAffinity | undefined): string {
  if (affinity === undefined) return '';
  let text = affinityTexts.get(affinity);
  if (text === undefined) {
    text = JSON.stringify([
      affinity.required?.map(({ matchExpressions }) => matchExpressions),
      affinity.preferred.map(({ weight, preference }) => [weight, preference.matchExpressions]),
    ]);
    affinityTexts.set(affinity, text);
  }
  return text;
}

function podFromTemplate({ metadata, template }: DaemonSet): Pod {
  return {
    metadata: {
      ...metadata,
      uid: `daemonset-${metadata.uid}`,
      labels: template.labels,
      annotations: template.annotations,
    },
    spec: template.spec,
    status: { phase: 'Pending', conditions: [], containerStatuses: [] },
  };
}
