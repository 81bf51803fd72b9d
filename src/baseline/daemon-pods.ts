import type { Node } from '../kubernetes/node.js';
import { daemonSetOwner, daemonTemplate, daemonVerdict } from '../kubernetes/controllers/daemon-set.js';
import { podFromTemplate } from '../kubernetes/controllers/pod-from-template.js';
import type { Pod } from '../kubernetes/pod.js';
import type { DaemonSet } from '../kubernetes/workloads.js';
import type { NodeTemplate } from './estimator.js';

/** A node with the pods that the DaemonSets of the cluster would run there. */
export function withDaemonPods(node: Node, daemonSets: readonly DaemonSet[]): NodeTemplate {
  const { name } = node.metadata;
  const daemonPods = daemonSets
    .filter((set) => daemonVerdict(set, node).shouldRun)
    .map((set): Pod =>
      podFromTemplate(daemonTemplate(set, name), {
        name: `${set.metadata.name}-${name}`,
        namespace: set.metadata.namespace,
        uid: `${set.metadata.uid}/${name}`,
        owner: daemonSetOwner(set),
        creationTimeMs: 0,
      }),
    );
  return { node, daemonPods };
}
