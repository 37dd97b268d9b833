/** Of every client: what has no answer by then is lost. Shorter than a browser's or a modality's (30 s and more). */
export const patienceMs = 10_000;
/** For a datagram: Windows asks again after 1.5 s. */
export const datagramPatienceMs = 1_500;
