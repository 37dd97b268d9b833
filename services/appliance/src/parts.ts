// What runs in this process beside its servers. Loaded while those come up: see `index.ts`.
export { configSettingsFrom, migrate, start as startConfig } from '@evenkeel/config';
export { gatewaySettingsFrom, start as startGateway } from '@evenkeel/gateway';
export { healthSettingsFrom, start as startHealth } from '@evenkeel/health';
export { proxySettingsFrom, start as startProxy } from '@evenkeel/proxy';
