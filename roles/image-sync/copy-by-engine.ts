import { joinSh, type Reply, type Sh, sh } from '../../src/index.js';
import { type Image, reportName } from './image.js';

/** Images that the host's engine moves in parallel, once the first has brought the layers that many share. */
const beside = 3;

/**
 * Lets the host's docker, or podman where there is no docker, pull, tag and push images, and take away what it did not have before. One failure stops no
 * other: what became of each is a line `result ok NAME` or `result failed NAME: WHY`.
 */
export function copyByEngine(images: readonly Image[], upstream: string, local: string): Sh {
  const calls = images.map((image, index) => {
    const call = sh`copy ${reportName(image)} ${`${upstream}/${image.name}:${image.tag}`} ${`${local}/${image.target}:${image.tag}`}`;
    if (index === 0) return call;
    return index % beside === 0 ? sh`${call} & wait` : sh`${call} &`;
  });
  return sh`engine=docker; command -v docker >/dev/null 2>&1 || engine=podman
there() { $engine image inspect "$1" >/dev/null 2>&1; }
copy() {
  there "$2" && had=1 || had=
  there "$3" && alias=1 || alias=
  echo "pull $1"
  if printed=$($engine pull "$2" 2>&1) && printed=$($engine tag "$2" "$3" 2>&1) && echo "push $1" && printed=$($engine push "$3" 2>&1); then
    echo "result ok $1"
  else
    printf 'result failed %s: %s\n' "$1" "$(printf '%s' "$printed" | tail -n 1)"
  fi
  [ -n "$alias" ] || $engine rmi "$3" >/dev/null 2>&1
  [ -n "$had" ] || $engine rmi "$2" >/dev/null 2>&1
}
${joinSh(calls)}
wait`;
}

/** Returns the failures that the script printed, by the image's name. */
export function failuresIn(reply: Reply): ReadonlyMap<string, string> {
  const failures = [...reply.stdout.matchAll(/^result failed (\S+): (.*)$/gm)];
  return new Map(failures.map(([, name = '', why = '']) => [name, why]));
}
