import type { ContainerPort } from '../pod.js';

const ANY_ADDRESS = '0.0.0.0';

function addressOf(port: ContainerPort): string {
  return port.hostIP === '' ? ANY_ADDRESS : port.hostIP;
}

function slotOf(port: ContainerPort): string {
  return `${port.protocol === '' ? 'TCP' : port.protocol}/${port.hostPort}`;
}

/**
 * Host ports in use on a node, as a set: when two pods were bound with the same port by hand, the first to go frees it
 * for both, as in kube-scheduler.
 */
export class HostPorts {
  /** Addresses by protocol and port. */
  readonly #used = new Map<string, Set<string>>();

  add(ports: readonly ContainerPort[]): void {
    for (const port of ports) {
      const slot = slotOf(port);
      const addresses = this.#used.get(slot);
      if (addresses === undefined) this.#used.set(slot, new Set([addressOf(port)]));
      else addresses.add(addressOf(port));
    }
  }

  delete(ports: readonly ContainerPort[]): void {
    for (const port of ports) {
      const slot = slotOf(port);
      const addresses = this.#used.get(slot);
      addresses?.delete(addressOf(port));
      if (addresses?.size === 0) this.#used.delete(slot);
    }
  }

  /** True when one of the wanted ports is taken on an overlapping address. */
  conflictsWith(wanted: readonly ContainerPort[]): boolean {
    return wanted.some((port) => {
      const addresses = this.#used.get(slotOf(port));
      if (addresses === undefined) return false;
      const address = addressOf(port);
      return address === ANY_ADDRESS || addresses.has(ANY_ADDRESS) || addresses.has(address);
    });
  }

  clone(): HostPorts {
    const copy = new HostPorts();
    for (const [slot, addresses] of this.#used) copy.#used.set(slot, new Set(addresses));
    return copy;
  }
}
