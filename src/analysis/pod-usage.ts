import type { EventLog } from '../simulation/event-log.js';
import { usageOfSamples, type UsageByWorkload } from '../workload/pod-usage.js';
import type { ServiceLoad } from '../workload/service-load.js';

/**
 * Usage of a pod of each service in a run, minute by minute: its share of the demand through the load model (kubernetes.md
 * §9.2), no more CPU than its limit. Minutes without a ready pod say nothing.
 *
 * @param cpuLimitMilli - CPU limit of a pod, by service; a service without one has no limit
 */
export function podUsage(
  log: EventLog,
  services: readonly ServiceLoad[],
  cpuLimitMilli: ReadonlyMap<string, number>,
): UsageByWorkload {
  const models = new Map(services.map(({ deployment, model }) => [deployment, model]));
  const samples = new Map<string, { readonly cpu: number[]; readonly memory: number[] }>();
  for (const event of log) {
    if ((event.type !== 'Demand' && event.type !== 'CpuDemand') || event.readyPods === 0) continue;
    const model = models.get(event.service);
    if (model === undefined) continue;
    const rate = event.type === 'Demand' ? event.requestsPerSecond / event.readyPods : 0;
    let own = samples.get(event.service);
    if (own === undefined) samples.set(event.service, (own = { cpu: [], memory: [] }));
    const wanted =
      event.type === 'Demand'
        ? model.idleCpuMilli + model.cpuMilliSecondsPerRequest * rate
        : event.cpuMilli / event.readyPods;
    own.cpu.push(Math.min(wanted, cpuLimitMilli.get(event.service) ?? Infinity));
    own.memory.push(model.idleMemoryBytes + model.memoryBytesPerRps * rate);
  }
  return new Map([...samples].map(([service, { cpu, memory }]) => [service, usageOfSamples(cpu, memory)]));
}
