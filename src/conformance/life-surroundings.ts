import type { Pod } from '../kubernetes/pod.js';
import type { Kubelet, Names } from '../simulation/surroundings.js';
import type { StoryDelays } from './life-story.js';

/** Pods take equally long everywhere. */
export class StoryKubelet implements Kubelet {
  readonly #startMs: number;
  readonly #stopMs: number;

  constructor({ podStartSeconds, podStopSeconds }: StoryDelays) {
    this.#startMs = Math.round(podStartSeconds * 1000);
    this.#stopMs = Math.round(podStopSeconds * 1000);
  }

  startTimes(): { readonly startedMs: number; readonly readyMs: number } {
    return { startedMs: this.#startMs, readyMs: this.#startMs };
  }

  restartTimes(): { readonly startedMs: number; readonly readyMs: number } {
    return this.startTimes();
  }

  stopMs(_pod: Pod, graceMs: number): number {
    return Math.min(this.#stopMs, graceMs);
  }

  forgetNode(): void {
    // Nothing is remembered of nodes.
  }
}

/** Names by counting: NodeClaims `<nodePool>-001` on, over all NodePools; the node of `…-007` is `n007`. */
export class StoryNames implements Names {
  #nodeClaims = 0;
  #uids = 0;

  generate(prefix: string): string {
    this.#nodeClaims++;
    return prefix + String(this.#nodeClaims).padStart(3, '0');
  }

  uid(): string {
    this.#uids++;
    return `${String(this.#uids).padStart(8, '0')}-0000-0000-0000-000000000000`;
  }

  nodeName(_region: string, nodeClaim = ''): string {
    return `n${nodeClaim.slice(nodeClaim.lastIndexOf('-') + 1)}`;
  }

  providerID(): string {
    throw new Error("a story's cloud names its instances itself");
  }
}
