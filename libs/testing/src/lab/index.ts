export { type BackEnd } from './back-ends/back-end.ts';
export { startNmbd, type NmbdOptions } from './back-ends/nmbd.ts';
export { startOrthanc, type OrthancOptions } from './back-ends/orthanc.ts';
export { type Pacs, type PacsOptions, type PacsPorts, standardPorts, startPacs } from './back-ends/pacs.ts';
export { startWebServer, type WebServerOptions } from './back-ends/web-server.ts';
export { startWorklist, type WorklistOptions } from './back-ends/worklist.ts';
export { curl, type CurlAnswer, type CurlOptions } from './clients/curl.ts';
export { type DicomAnswer, type DicomCall, echoscu, type Find, findscu, storescu } from './clients/dicom-clients.ts';
export { type DicomFile, makeDicomFile } from './clients/dicom-files.ts';
export { nmblookup, type NodeStatus, type NodeStatusCall } from './clients/nmblookup.ts';
export { FakeHaproxy } from './fake-haproxy.ts';
export { createLab } from './network/create-lab.ts';
export { type Lab } from './network/lab.ts';
export { type LabHost } from './network/lab-host.ts';
export { type HostPlan, type LabPlan, type LinkPlan } from './network/lab-plan.ts';
export { pacsLab, type PacsLabOptions, pacsNetwork } from './network/pacs-lab.ts';
export { freePort } from './programs/free-port.ts';
export { isRunning } from './programs/is-running.ts';
export { type Exit, LabProcess, ProcessNotStarted } from './programs/lab-process.ts';
export { describeNeeding, type Need, unmetNeeds } from './programs/needs.ts';
export { type Place, thisMachine } from './programs/place.ts';
export {
  CommandFailed,
  CommandNotRun,
  type Output,
  runCommand,
  type RunOptions,
  runOrThrow,
} from './programs/run-command.ts';
export { type Variables } from './programs/search-path.ts';
export { makeTempFolder, type TempFolder } from './programs/temp-folder.ts';
export { NotInTime, until, type UntilOptions } from './programs/until.ts';
