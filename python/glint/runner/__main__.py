import os
import sys

from .main import main

status = main()
sys.stdout.flush()
os._exit(status)  # threads of the program and of the radio are not waited for
