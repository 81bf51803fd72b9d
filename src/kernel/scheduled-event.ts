/** What an event does when its time comes. Actions are synchronous; a returned value is ignored. */
export type Action = () => void;

/** An entry of the event queue. Whoever scheduled it keeps it only to cancel it. */
export interface ScheduledEvent {
  readonly timeMs: number;
  /** Among events of one time the lower priority runs first. */
  readonly priority: number;
  /** Order of scheduling; the last tie-break, so equal events run first come, first served. */
  readonly sequence: number;
  /** Names the event in errors. */
  readonly label: string;
  /** Undefined once the event ran or was cancelled, so that a kept handle holds nothing alive. */
  action: Action | undefined;
}
