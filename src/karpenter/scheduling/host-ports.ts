import { ObjectCache } from '../../kernel/object-cache.js';
import type { Container, Pod } from '../../kubernetes/pod.js';

interface HostPort {
  readonly ip: string;
  readonly port: number;
  readonly protocol: string;
}

/** By the list of containers, which all pods of a template share. */
const cache = new ObjectCache<readonly Container[], readonly HostPort[]>();

/** Host ports that a pod's regular containers take (REQ-18). */
function hostPortsOf(pod: Pod): readonly HostPort[] {
  const { containers } = pod.spec;
  let ports = cache.get(containers);
  if (ports === undefined) {
    ports = containers.flatMap((container) =>
      container.ports
        .filter(({ hostPort }) => hostPort !== 0)
        .map(({ hostIP, hostPort, protocol }) => ({
          ip: hostIP === '' ? '0.0.0.0' : hostIP,
          port: hostPort,
          protocol,
        })),
    );
    cache.set(containers, ports);
  }
  return ports;
}

/** Whether the pod takes any port of its host. */
export function usesHostPorts(pod: Pod): boolean {
  return hostPortsOf(pod).length > 0;
}

function isUnspecified(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}

function collide(a: HostPort, b: HostPort): boolean {
  return (
    a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || isUnspecified(a.ip) || isUnspecified(b.ip))
  );
}

/** Host ports in use on one node, by pod. A pod never collides with what it holds itself (REQ-18). */
export class HostPortUsage {
  /** Undefined while no pod takes any, which is the rule. */
  #byPod: Map<string, readonly HostPort[]> | undefined;

  constructor(pods: Iterable<Pod> = []) {
    for (const pod of pods) this.add(pod);
  }

  add(pod: Pod): void {
    const ports = hostPortsOf(pod);
    if (ports.length > 0) (this.#byPod ??= new Map<string, readonly HostPort[]>()).set(podKey(pod), ports);
  }

  conflictsWith(pod: Pod): boolean {
    const wanted = hostPortsOf(pod);
    if (this.#byPod === undefined || wanted.length === 0) return false;
    const own = podKey(pod);
    for (const [key, taken] of this.#byPod) {
      if (key !== own && taken.some((port) => wanted.some((other) => collide(port, other)))) return true;
    }
    return false;
  }

  copy(): HostPortUsage {
    const copied = new HostPortUsage();
    if (this.#byPod !== undefined) copied.#byPod = new Map(this.#byPod);
    return copied;
  }
}

const usages = new ObjectCache<readonly Pod[], HostPortUsage>();

/** Host ports that the pods of a node take, for all who only look. */
export function hostPortsInUse(pods: readonly Pod[]): HostPortUsage {
  let usage = usages.get(pods);
  if (usage === undefined) usages.set(pods, (usage = new HostPortUsage(pods)));
  return usage;
}

function podKey(pod: Pod): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}
