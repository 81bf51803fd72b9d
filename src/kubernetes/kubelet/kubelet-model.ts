import type { RandomStream, RandomStreams } from '../../kernel/random-streams.js';
import type { Node } from '../node.js';
import type { Container, Pod } from '../pod.js';
import { DEFAULT_IMAGE_PULL, ImageStore, type ImagePull } from './image-store.js';
import { firstReadyTickMs } from './readiness.js';

/** z of the 95th percentile of a normal distribution. */
const Z95 = 1.6448536269514722;
const INIT_CONTAINER_MS = 1000;

/** How kubelets and applications behave; the defaults are those of kubernetes.md §2.5–2.6. */
export interface KubeletOptions {
  /** Time from container start until the application answers, ms; 0: at once (the readiness probe's delay rules). */
  readonly bootMs?: number | undefined;
  readonly imagePull?: ImagePull | undefined;
}

/** When a pod's containers run and when it is ready, ms after binding. */
export interface PodStartTimes {
  readonly startedMs: number;
  readonly readyMs: number;
}

/** A log-normal draw by its median and 95th percentile. */
function lognormal(stream: RandomStream, median: number, p95: number): number {
  return stream.lognormal(Math.log(median), Math.log(p95 / median) / Z95);
}

/** Name of the pod's owner, so that the n-th pod of a service has the same luck in every variant of a run. */
function ownerOf(pod: Pod): string {
  const [owner] = pod.metadata.ownerReferences;
  return `${pod.metadata.namespace}/${owner?.name ?? pod.metadata.name}`;
}

/** Start and stop of pods on their nodes: sandbox, image pull, init containers, readiness; termination. */
export class KubeletModel {
  readonly #streams: RandomStreams;
  readonly #now: () => number;
  readonly #bootMs: number;
  readonly #imageBytes: number;
  readonly #images: ImageStore;

  /** @param now - The virtual clock, ms. */
  constructor(streams: RandomStreams, now: () => number, options: KubeletOptions = {}) {
    this.#streams = streams;
    this.#now = now;
    this.#bootMs = options.bootMs ?? 0;
    const { imagePull = DEFAULT_IMAGE_PULL } = options;
    this.#imageBytes = imagePull.imageBytes;
    this.#images = new ImageStore(imagePull);
  }

  /** What happens to a pod that is bound to the node now. The image pull begins with this call. */
  startTimes(pod: Pod, node: Node): PodStartTimes {
    const stream = this.#streams.stream(`kubelet/start/${ownerOf(pod)}`);
    const seenMs = Math.round(stream.uniform(100, 500));
    const sandboxMs = Math.round(stream.uniform(500, 2000));
    const relistMs = Math.round(stream.uniform(0, 1000));
    const pullMs = this.#pullMs(pod, node, seenMs + sandboxMs);
    const initMs = pod.spec.initContainers.length * INIT_CONTAINER_MS;
    const runningMs = seenMs + sandboxMs + pullMs + initMs;
    // The API server hears of the running container at the kubelet's next look, at most a second later.
    const startedMs = runningMs + relistMs;
    const ready = pod.spec.containers.map((container) => this.#readyMs(container, runningMs, seenMs));
    return { startedMs, readyMs: Math.max(startedMs, ...ready) };
  }

  /** What happens to a pod whose container starts again on the node: sandbox and images are there. */
  restartTimes(pod: Pod): PodStartTimes {
    const stream = this.#streams.stream(`kubelet/restart/${ownerOf(pod)}`);
    const relistMs = Math.round(stream.uniform(0, 1000));
    const ready = pod.spec.containers.map((container) => this.#readyMs(container, relistMs, relistMs));
    return { startedMs: relistMs, readyMs: Math.max(relistMs, ...ready) };
  }

  /** From the deletion request until the pod is gone, ms: the application's own time, cut at the grace period (§2.6). */
  stopMs(pod: Pod, graceMs: number): number {
    const stream = this.#streams.stream(`kubelet/stop/${ownerOf(pod)}`);
    const exitMs = lognormal(stream, 5000, 20_000);
    const cleanUpMs = stream.uniform(1000, 2000);
    return Math.round(Math.min(graceMs, exitMs) + cleanUpMs);
  }

  /** The node is gone, and its images with it. */
  forgetNode(nodeName: string): void {
    this.#images.forget(nodeName);
  }

  #pullMs(pod: Pod, node: Node, afterMs: number): number {
    const startMs = this.#now() + afterMs;
    let longest = 0;
    for (const { image, name } of [...pod.spec.initContainers, ...pod.spec.containers]) {
      // Without an image's name each workload counts as one of its own.
      const key = image ?? `${ownerOf(pod)}/${name}`;
      longest = Math.max(longest, this.#images.pull(node.metadata.name, key, this.#imageBytes, startMs));
    }
    return longest;
  }

  #readyMs({ readinessProbe }: Container, startedMs: number, firstTickMs: number): number {
    if (readinessProbe === undefined) return startedMs;
    const { initialDelaySeconds, periodSeconds } = readinessProbe;
    return firstReadyTickMs({ startedMs, bootMs: this.#bootMs, initialDelaySeconds, periodSeconds, firstTickMs });
  }
}
