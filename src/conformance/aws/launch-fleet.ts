import type { FleetAnswer, FleetScript, RecordedCall, RecordedOverride } from './launch-case.js';

/** What the recorded EC2 answers to a call (aws/FORMAT.md); instances one by one. */
export function answerFleet(call: RecordedCall, script: FleetScript): FleetAnswer {
  if (script.apiError !== undefined) return { apiError: script.apiError };
  const pools: RecordedOverride[] = [];
  const errors: NonNullable<FleetAnswer['errors']>[number][] = [];
  for (const override of call.templates.flatMap(({ overrides }) => overrides)) {
    const code = errorOf(override, script);
    if (code === undefined) pools.push(override);
    else {
      const { type, zone, subnet } = override;
      errors.push({ type, zone, subnet, code });
    }
  }
  pools.sort((a, b) => a.priority - b.priority || byText(a.type, b.type) || byText(a.zone, b.zone));
  const wanted = pools.length === 0 ? 0 : Math.min(call.targetCapacity, script.instances ?? call.targetCapacity);
  const instances = Array.from({ length: wanted }, (_, i) => {
    const {
      type = '',
      zone = '',
      subnet = '',
    } = pools[((script.pick ?? 0) + (script.spread === true ? i : 0)) % pools.length] ?? {};
    return { type, zone, subnet };
  });
  return { ...(instances.length > 0 && { instances }), ...(errors.length > 0 && { errors }) };
}

/** An answer as recordings write it: equal instances that follow each other as one. */
export function recordedAnswer({ instances = [], ...rest }: FleetAnswer): unknown {
  const counted: { type: string; zone: string; subnet: string; count: number }[] = [];
  for (const instance of instances) {
    const last = counted.at(-1);
    if (last?.type === instance.type && last.zone === instance.zone) last.count++;
    else counted.push({ ...instance, count: 1 });
  }
  return { ...(counted.length > 0 && { instances: counted }), ...rest };
}

function errorOf({ type, zone }: RecordedOverride, { errors = [] }: FleetScript): string | undefined {
  return errors.find(
    ({ types = [], zones = [] }) =>
      (types.length === 0 || types.includes(type)) && (zones.length === 0 || zones.includes(zone)),
  )?.code;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
