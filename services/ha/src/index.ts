export { inWords } from './in-words.ts';
export { Memory } from './memory.ts';
export { MutedAddresses } from './muted-addresses.ts';
export { Participant, type ParticipantParts } from './participant.ts';
export { scheduleFirst, type Scheduling } from './realtime.ts';
export { haSettingsFrom, HaSettings } from './settings.ts';
export { Supervisor } from './supervisor.ts';
