/** A check that fails for so long condemns the instance, ms. */
const UNREACHABLE_MS = 120_000;

/** One status check of an instance. */
export interface StatusCheck {
  readonly status: string;
  /** How long it has been so, ms. */
  readonly forMs: number;
}

/** What DescribeInstanceStatus says of an instance, as far as Karpenter looks at it: not at the checks of its disks. */
export interface InstanceStatus {
  readonly instanceId: string;
  readonly instanceCheck?: StatusCheck | undefined;
  readonly systemCheck?: StatusCheck | undefined;
  /** Codes of scheduled maintenance events. */
  readonly events: readonly string[];
}

/** Something about an instance that makes Karpenter give it up. */
export type StatusFinding = 'instance-status' | 'system-status' | 'event-status';

/** Why an instance is given up, in Karpenter's order; a maintenance event counts at once (aws.md §15). */
export function statusFindings({ instanceCheck, systemCheck, events }: InstanceStatus): StatusFinding[] {
  const findings: StatusFinding[] = [];
  if (isUnreachable(instanceCheck)) findings.push('instance-status');
  if (isUnreachable(systemCheck)) findings.push('system-status');
  if (events.length > 0) findings.push('event-status');
  return findings;
}

function isUnreachable(check: StatusCheck | undefined): boolean {
  return check?.status === 'failed' && check.forMs >= UNREACHABLE_MS;
}
