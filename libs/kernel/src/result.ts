/** What a rule answers: the value, or the named reason why not. Refusals are data, never thrown. */
export type Result<Value, Refusal> = Accepted<Value> | Refused<Refusal>;
export type Accepted<Value> = { readonly ok: true; readonly value: Value };
export type Refused<Refusal> = { readonly ok: false; readonly refusal: Refusal };

export const accept = <Value>(value: Value): Accepted<Value> => ({ ok: true, value });
export const refuse = <Refusal>(refusal: Refusal): Refused<Refusal> => ({ ok: false, refusal });
