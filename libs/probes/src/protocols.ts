// The words of the protocols alone, for whoever tests with them as a client that stays.
export { echoRequest, echoStatusIn } from './dicom/echo-command.ts';
export { type Ear, earOn } from './dicom/hear.ts';
export { associateRequest, commandData } from './dicom/upper-layer.ts';
export { namesIn, nodeStatusRequest } from './netbios/node-status.ts';
