import { DEFAULT_IMAGE_PULL } from '../kubernetes/kubelet/image-store.js';
import { isQuantityError, parseAmount } from '../kubernetes/quantity.js';
import { durationMs } from './clock.js';
import type { ScenarioFile } from './scenario-file.js';
import type { NodeStart } from './scenario-spec.js';

/** What comes on top of the observed launch times. */
export function resolveNodeStart({
  amiBoot = {},
  startupTaints = [],
  imagePull = {},
}: NonNullable<ScenarioFile['nodeStart']> = {}): NodeStart {
  const { imageSize, bandwidth, overhead } = imagePull;
  return {
    amiBootMs: Object.fromEntries(Object.entries(amiBoot).map(([family, text]) => [family, durationMs(text)])),
    startupTaintMs: Object.fromEntries(startupTaints.map(({ key, removedAfter }) => [key, durationMs(removedAfter)])),
    imagePull: {
      imageBytes: bytes(imageSize) ?? DEFAULT_IMAGE_PULL.imageBytes,
      bytesPerSecond: Math.max(1, bytes(bandwidth) ?? DEFAULT_IMAGE_PULL.bytesPerSecond),
      overheadMs: overhead === undefined ? DEFAULT_IMAGE_PULL.overheadMs : durationMs(overhead),
    },
  };
}

function bytes(quantity: string | number | undefined): number | undefined {
  if (quantity === undefined) return undefined;
  const value = parseAmount('memory', String(quantity));
  return isQuantityError(value) ? undefined : value;
}
