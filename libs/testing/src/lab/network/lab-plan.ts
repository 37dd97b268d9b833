/** One network card of a host: the switch it is plugged into, and its address with prefix length (`192.168.85.10/24`). */
export type LinkPlan = { readonly switch: string; readonly address: string };

export type HostPlan = {
  /** At most 12 lower-case letters, digits and hyphens: it is part of interface names, which Linux cuts at 15. */
  readonly name: string;
  /** In the order of the interfaces `eth0`, `eth1` and so on. */
  readonly links: readonly [LinkPlan, ...LinkPlan[]];
  /** Kernel settings of this host's network, such as `net.ipv4.ip_forward`. */
  readonly sysctls?: Readonly<Record<string, string>>;
};

/** Switches come into being by being plugged into. */
export type LabPlan = { readonly hosts: readonly HostPlan[] };
