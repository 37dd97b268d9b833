import { type Finding, failed, refused } from '../finding.ts';

type Rejection = { readonly result: number; readonly source: number; readonly reason: number };
type Titles = { readonly callingAe: string; readonly calledAe: string };

/** A-ASSOCIATE-RJ. PS3.8, table 9-21. */
const transient = 2;
const fromUser = 1;
const fromAcse = 2;
const fromPresentation = 3;

/**
 * What a rejected association says about the server. One that rejects for good is alive, and the check is wrong. One that
 * rejects for now, because it has no room, would do the same to a modality.
 */
export const rejectionFinding = (rejection: Rejection, titles: Titles, place: string): Finding => {
  const { result, source, reason } = rejection;
  const told = `${place} rejected the association: ${words(rejection, titles)} (result ${result}, source ${source}, reason ${reason})`;
  const isForNow = result === transient || source === fromPresentation;
  return isForNow ? failed('dicom-rejected', told) : refused('dicom-rejected', told);
};

const words = ({ source, reason }: Rejection, { callingAe, calledAe }: Titles): string => {
  switch (`${source}.${reason}`) {
    case `${fromUser}.2`:
    case `${fromAcse}.2`:
      return 'it speaks another version of the protocol';
    case `${fromUser}.3`:
      return `it does not accept the calling AE title "${callingAe}"`;
    case `${fromUser}.7`:
      return `it does not answer to the called AE title "${calledAe}"`;
    case `${fromPresentation}.1`:
      return 'it is congested';
    case `${fromPresentation}.2`:
      return 'it has reached its limit of associations';
    default:
      return 'it gives no reason';
  }
};
