import { type Program } from './back-end.ts';
import { nodeProgram } from './node-program.ts';

/** Connections to `address`:`port` go on to `toPort` on 127.0.0.1. */
export type Route = { readonly address: string; readonly port: number; readonly toPort: number };

/**
 * A program that passes TCP connections on, one process for all routes. It gives a server further ports, or an address
 * of its own: neither Orthanc 1.10.1 nor DCMTK 3.6.7 can be told which address to listen on, and each has one DICOM port.
 */
export const relay = (routes: readonly Route[]): Program => nodeProgram('relay-main.ts', routes);
