"""What befalls the services."""

from fault import Fault


class KillService(Fault):
    """One of the services dies in the middle of calls; its callers go on with the others."""

    name = "kill -9 of a service, start"

    def strike(self, scene):
        service = scene.system.services[scene.injected % len(scene.system.services)]
        scene.injected += 1
        service.kill()
        scene.pause()
        scene.system.restart(service)
