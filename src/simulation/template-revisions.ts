import { templateHash } from '../kubernetes/controllers/template-hash.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PodTemplate } from '../kubernetes/workloads.js';

interface Revisions {
  /** What pods are that nobody here made: they were there before the run. */
  readonly firstHash: string;
  /** What pods were made from before the last change, until all have followed. */
  current: PodTemplate;
  update: PodTemplate;
}

/** From which revision of its StatefulSet's or DaemonSet's template each pod was made. */
export class TemplateRevisions {
  readonly #ofWorkload = new Map<string, Revisions>();
  readonly #hashOfPod = new Map<string, string>();

  /** The workload has this template from now on. True when that is a change. */
  apply(workload: string, template: PodTemplate): boolean {
    const known = this.#ofWorkload.get(workload);
    if (known === undefined) {
      this.#ofWorkload.set(workload, { firstHash: templateHash(template), current: template, update: template });
      return false;
    }
    const changed = templateHash(known.update) !== templateHash(template);
    known.update = template;
    return changed;
  }

  /** The template before the change that is being rolled out. */
  current(workload: string): PodTemplate | undefined {
    return this.#ofWorkload.get(workload)?.current;
  }

  /** All pods are of the new template. */
  completed(workload: string): void {
    const revisions = this.#ofWorkload.get(workload);
    if (revisions !== undefined) revisions.current = revisions.update;
  }

  /** A pod was made from a template. */
  made(podUid: string, template: PodTemplate): void {
    this.#hashOfPod.set(podUid, templateHash(template));
  }

  forget(podUid: string): void {
    this.#hashOfPod.delete(podUid);
  }

  /** Whether the pod was made from another template than the workload has now. */
  isOutdated(workload: string, { metadata }: Pod): boolean {
    const revisions = this.#ofWorkload.get(workload);
    if (revisions === undefined) return false;
    const hash = this.#hashOfPod.get(metadata.uid) ?? revisions.firstHash;
    return hash !== templateHash(revisions.update);
  }
}
