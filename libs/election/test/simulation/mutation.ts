/** A rule of safety that is left out, to see that the simulation would notice. */
export type Mutation =
  | 'none'
  | 'no-dead-man' // the kernel goes on for ever
  | 'no-ticket' // the kernel activates however late
  | 'no-probe' // nobody asks who serves
  | 'no-gateway-vote' // everybody thinks that the gateway answers
  | 'short-silence'; // T_dead is little more than T_self
