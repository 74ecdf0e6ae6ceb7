/** Options of commands that talk to a service. */
export interface ServiceRequest {
  readonly service: string;
  readonly as?: string;
  readonly passwordStdin: boolean;
  readonly json: boolean;
  readonly verbose: number;
}
