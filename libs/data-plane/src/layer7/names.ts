// HAProxy's names come from the stable numbers of the book: a new label changes neither a name, nor an id, nor a cookie.

/** Section of a virtual service in haproxy.cfg, and its stick table. */
export const serviceName = (number: number): string => `vs${number}`;

/** A real server within that section. Also the value of its cookie: equal on all nodes, and no address is told. */
export const serverName = (number: number): string => `rs${number}`;

/** The fallback server within such a section, and its cookie. */
export const fallbackName = 'fallback';

/** Whether HAProxy calls a virtual service so. */
export const isServiceName = (name: string): boolean => /^vs\d+$/.test(name);
