"""Reads what test_fields_file wrote with VTK's own VTKHDF reader: read_vtkhdf.py FOLDER. Exit 77 without VTK."""
import sys

try:
    from vtkmodules.vtkIOHDF import vtkHDFReader
except ImportError:
    print("skipped: this python3 has no VTK with a VTKHDF reader (Debian: python3-vtk9)")
    sys.exit(77)


def read(file):
    reader = vtkHDFReader()
    assert reader.CanReadFile(file), f"VTK does not take {file} for VTKHDF"
    reader.SetFileName(file)
    reader.Update()
    return reader.GetOutput()


def near(a, b):
    assert all(abs(x - y) < 1e-3 for x, y in zip(a, b)), f"{a} where {b} was wanted"


def ramp(x):
    return x[0] + 10 * x[1] + 100 * x[2]


def check_image(image):
    assert image.GetDimensions() == (15, 66, 17), image.GetDimensions()
    data = image.GetPointData()
    label, solid = data.GetArray("label"), 0
    for p in range(image.GetNumberOfPoints()):
        if label.GetTuple1(p):
            x = image.GetPoint(p)
            near(data.GetArray("position").GetTuple3(p), x)
            near([data.GetArray("ramp").GetTuple1(p)], [ramp(x)])
            near([data.GetArray("solid_fraction").GetTuple1(p)], [label.GetTuple1(p) / 4])
            solid += 1
    print(f"image: {image.GetDimensions()}, {solid} solid voxels where they belong")


def check_cells(grid, voxels):
    assert grid.GetNumberOfCells() == voxels, grid.GetNumberOfCells()
    data = grid.GetCellData()
    for c in range(voxels):
        box = grid.GetCell(c).GetBounds()
        centre = [(box[2 * d] + box[2 * d + 1]) / 2 for d in range(3)]
        near([box[2 * d + 1] - box[2 * d] for d in range(3)], [0.5] * 3)
        near(data.GetArray("position").GetTuple3(c), centre)
        near([data.GetArray("ramp").GetTuple1(c)], [ramp(centre)])
    print(f"cells: {voxels} cubes, {grid.GetNumberOfPoints()} points")


def check_frame(grid):
    assert grid.GetNumberOfCells() == 3 and grid.GetNumberOfPoints() == 4
    near(grid.GetCell(2).GetBounds(), (1, 2, 0, 0, 0, 1))
    near([grid.GetCellData().GetArray("radius").GetTuple1(c) for c in range(3)], (0.1, 0.2, 0.3))
    near([grid.GetCellData().GetArray("normal_force").GetTuple1(c) for c in range(3)], (10, 20, 30))
    near(grid.GetPointData().GetArray("displacement").GetTuple3(3), (1, 2, 3))
    print("frame: 3 struts")


folder = sys.argv[1]
picture = read(folder + "/image.vtkhdf")
check_image(picture)
labels = picture.GetPointData().GetArray("label")
check_cells(read(folder + "/cells.vtkhdf"), sum(labels.GetTuple1(p) > 0 for p in range(labels.GetNumberOfTuples())))
check_cells(read(folder + "/cells-periodic.vtkhdf"), 19 * 70 * 21)
check_frame(read(folder + "/frame.vtkhdf"))
