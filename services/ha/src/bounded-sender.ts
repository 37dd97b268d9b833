/** Sends at once, or not: `isTaken` is called when the other side has taken it. */
type Send<Message> = (message: Message, isTaken: () => void) => void;

/** So many messages are under way to a process that takes none: some seconds. What comes then is not said. */
const underWayMax = 64;

/** To a process that may hang: what it does not take must not fill the memory of the one that goes on. */
export class BoundedSender<Message> {
  private underWay = 0;

  constructor(private readonly deliver: Send<Message>) {}

  send(message: Message): void {
    if (this.underWay >= underWayMax) return;
    this.underWay += 1;
    this.deliver(message, () => (this.underWay -= 1));
  }
}
