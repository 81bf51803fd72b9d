import { parseGoDuration } from '../../kubernetes/duration.js';
import type { FieldReader } from '../../kubernetes/manifest/field-reader.js';
import { isQuantityError, parseAmount } from '../../kubernetes/quantity.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { KubeletConfiguration } from '../node-class.js';

const SIGNALS: readonly string[] = [
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'pid.available',
];
const RESERVABLE: readonly string[] = ['cpu', 'memory', 'ephemeral-storage', 'pid'];

/** `kubelet` of an EC2NodeClass (v1) or of a NodePool's template (v1beta1), with the checks of both CRDs. */
export function decodeKubelet(parent: FieldReader): KubeletConfiguration | undefined {
  const kubelet = parent.object('kubelet');
  if (kubelet === undefined) return undefined;
  kubelet.irrelevant('clusterDNS', 'cpuCFSQuota', 'evictionMaxPodGracePeriod');
  const high = kubelet.integer('imageGCHighThresholdPercent', { min: 0, max: 100 });
  const low = kubelet.integer('imageGCLowThresholdPercent', { min: 0, max: 100 });
  if (high !== undefined && low !== undefined && high <= low) {
    kubelet.refuse(
      'imageGCHighThresholdPercent',
      'imageGCHighThresholdPercent must be greater than imageGCLowThresholdPercent',
    );
  }
  const evictionSoft = decodeSignals(kubelet, 'evictionSoft', true);
  const gracePeriods = decodeSignals(kubelet, 'evictionSoftGracePeriod', false);
  for (const [signal, period] of Object.entries(gracePeriods)) {
    if (parseGoDuration(period) === undefined) {
      kubelet.refuse(['evictionSoftGracePeriod', signal], `"${period}" is not a duration`, 'such as 90s or 2m');
    }
  }
  requireSameSignals(kubelet, 'evictionSoft', evictionSoft, 'evictionSoftGracePeriod', gracePeriods);
  requireSameSignals(kubelet, 'evictionSoftGracePeriod', gracePeriods, 'evictionSoft', evictionSoft);
  return {
    maxPods: kubelet.integer('maxPods', { min: 0, max: 2 ** 31 - 1 }),
    podsPerCore: kubelet.integer('podsPerCore', { min: 0, max: 2 ** 31 - 1 }),
    kubeReserved: decodeReserved(kubelet, 'kubeReserved'),
    systemReserved: decodeReserved(kubelet, 'systemReserved'),
    evictionHard: decodeSignals(kubelet, 'evictionHard', true),
    evictionSoft,
  };
}

function decodeReserved(kubelet: FieldReader, key: string): ResourceList {
  const reserved = kubelet.resourceList(key) ?? {};
  refuseOtherKeys(kubelet, key, Object.keys(reserved), RESERVABLE);
  return reserved;
}

function decodeSignals(kubelet: FieldReader, key: string, thresholds: boolean): Readonly<Record<string, string>> {
  const signals = kubelet.stringMap(key);
  refuseOtherKeys(kubelet, key, Object.keys(signals), SIGNALS);
  for (const [signal, threshold] of Object.entries(signals)) {
    const percentage = /^(\d{1,2}(\.\d{1,2})?|100(\.0{1,2})?)%$/.test(threshold);
    if (thresholds && !percentage && isQuantityError(parseAmount(signal, threshold))) {
      kubelet.problem([key, signal], {
        code: 'invalid-value',
        message: `"${threshold}" is neither a percentage nor a quantity`,
        expected: 'such as 5% or 100Mi',
      });
    }
  }
  return signals;
}

function refuseOtherKeys(kubelet: FieldReader, key: string, names: readonly string[], valid: readonly string[]): void {
  for (const name of names) {
    if (valid.includes(name)) continue;
    const list = valid.map((item) => `'${item}'`).join(',');
    kubelet.problem(
      [key, name],
      { code: 'refused-by-api-server', message: `valid keys for ${key} are [${list}]` },
      'key',
    );
  }
}

function requireSameSignals(
  kubelet: FieldReader,
  key: string,
  signals: Readonly<Record<string, string>>,
  otherKey: string,
  others: Readonly<Record<string, string>>,
): void {
  for (const signal of Object.keys(signals)) {
    if (others[signal] !== undefined) continue;
    kubelet.refuse([key, signal], `${key} OwnerKey does not have a matching ${otherKey}`);
  }
}
