import { Map, Set } from 'immutable';

/** An index: who shares a key. A key without members is not in it. */
export type Groups<Member> = Map<string, Set<Member>>;

/** The groups of all these; undefined is no group. */
export const groupsOf = <Id, Item extends { readonly id: Id }>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
): Groups<Id> => {
  const placed = items.filter((item) => keyOf(item) !== undefined);
  const groups = Object.entries(Object.groupBy(placed, (item) => keyOf(item) ?? ''));
  return Map(groups.map(([key, members = []]) => [key, Set(members.map(({ id }) => id))]));
};

export const joined = <Member>(groups: Groups<Member>, key: string, member: Member): Groups<Member> =>
  groups.update(key, Set<Member>(), (members) => members.add(member));

export const left = <Member>(groups: Groups<Member>, key: string, member: Member): Groups<Member> => {
  const rest = (groups.get(key) ?? Set<Member>()).delete(member);
  return rest.isEmpty() ? groups.delete(key) : groups.set(key, rest);
};

/** The same members under new keys; undefined is no group. */
export const moved = <Member>(
  groups: Groups<Member>,
  member: Member,
  from: string | undefined,
  to: string | undefined,
): Groups<Member> => {
  if (from === to) return groups;
  const without = from === undefined ? groups : left(groups, from, member);
  return to === undefined ? without : joined(without, to, member);
};
