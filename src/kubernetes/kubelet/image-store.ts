/** Constants of image pulls (kubernetes.md §2.5, chosen there for want of a source). */
const PULL_OVERHEAD_MS = 500;
const BYTES_PER_MS = 50_000;

/** Size assumed for an image that nobody gave one, bytes. */
export const DEFAULT_IMAGE_BYTES = 250_000_000;

/**
 * Images on the nodes: the first pod of an image on a node waits for the pull, later ones find it there. Pulls run in
 * parallel and share the rate.
 */
export class ImageStore {
  /** By node, when each image is there. */
  readonly #readyMs = new Map<string, Map<string, number>>();

  /** How long a pod that starts now waits for the image, ms; the pull begins if it has not. */
  pull(nodeName: string, image: string, bytes: number, nowMs: number): number {
    let images = this.#readyMs.get(nodeName);
    if (images === undefined) this.#readyMs.set(nodeName, (images = new Map<string, number>()));
    const known = images.get(image);
    if (known !== undefined) return Math.max(0, known - nowMs);
    let running = 1;
    for (const readyMs of images.values()) if (readyMs > nowMs) running++;
    const duration = PULL_OVERHEAD_MS + Math.round((bytes * running) / BYTES_PER_MS);
    images.set(image, nowMs + duration);
    return duration;
  }

  /** The node is gone. */
  forget(nodeName: string): void {
    this.#readyMs.delete(nodeName);
  }
}
